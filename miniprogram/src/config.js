/** Where the server stands. The build writes the operator's own address in its place. */
module.exports = { base: 'http://127.0.0.1:8000' }
