"""Papers and files of pay and funds: F07 to F10, F17, F31, F32, F40 of domain.md 6. One module for each noun."""
