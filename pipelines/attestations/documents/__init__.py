"""Documents of the certificates: values, composition, drawing."""
