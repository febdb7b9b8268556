"""The ground floor: values, parsing, files and drawing that every office needs. No tables, no app is imported here."""
