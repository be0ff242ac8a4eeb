"""The DSN reader: bytes of a monthly payroll declaration to one typed frame a block."""
