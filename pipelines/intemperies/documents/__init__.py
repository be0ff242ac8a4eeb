"""What companies receive of their bad-weather declarations: vouchers, campaigns, certificates."""
