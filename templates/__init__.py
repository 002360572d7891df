"""Every word that people read: pages, replies, letters, labels. Data, read through models.base.resources."""
