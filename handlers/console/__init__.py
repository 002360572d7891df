"""How staff come in: over WeCom, or by password and second factor; and what they see of their own account."""
