"""What a home agreed on and how it is charged: services, offers, trials, reliefs, proof of work."""
