"""Documents of the accounts: values, composition, drawing."""
