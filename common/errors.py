"""The one kind of error a user may see."""


class Refused(Exception):
    """Something the program will not do, told in one Chinese sentence that says what is wrong and how to mend it.

    Services raise a subclass; views show ``str(error)``. ``field`` names the form field concerned, if there is one.
    """

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field
