"""Every word that people read: pages, replies, letters, labels. Data only; read through models.base.resources."""
