"""Working days and hours: the State Council's holidays and make-up days, office hours of a community."""
