"""Documents of the contribution calls: values, composition, drawing."""
