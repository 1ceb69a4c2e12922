"""What a person can mend; it is said without a stack trace."""


class Trouble(Exception):
    pass
