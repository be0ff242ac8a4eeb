"""What exchange files are answered: ACK at reception, CRT once read, CRM after the night."""
