"""吹哨、应哨: a case that the community cannot mend alone calls departments, who answer."""
