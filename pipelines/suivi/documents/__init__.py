"""Documents of the follow-up: values, composition, drawing."""
