"""How staff prove who they are: passwords, second factors, sessions on the server, limits of guessing."""
