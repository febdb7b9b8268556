# Django groups Chinese numbers by four and so `intcomma` writes 4400; our tables write 4,400 (ui.md §5).
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
