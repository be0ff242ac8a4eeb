"""Documents of the declarations: values, composition, drawing."""
