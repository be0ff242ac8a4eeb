"""The desk of the operators: nights, queues, bank, decisions, companies; who looked at whom."""
