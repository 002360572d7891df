/** What a building group's code opens: a notice for whoever holds the code, as the page that every browser shows. */
const { screen } = require('../../lib/screen')
const { address } = require('../../lib/story')

screen({
  words: require('./words'),
  open: true,
  data: { url: '' },

  load: ({ id }) => ({ url: address(`/q/${encodeURIComponent(id)}`) }),
})
