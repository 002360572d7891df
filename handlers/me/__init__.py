"""/me: a resident's own pages in WeChat's browser, for whoever has no mini-program.

Who it is, the service account's page login says; from then on a cookie holds the same token that the API
takes. What is read is written by the server, with the acts of handlers/api; what is done goes to /api/v1
itself, by templates/static/me.js.
"""
