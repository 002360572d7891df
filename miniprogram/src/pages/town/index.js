/** Doors to what the estate tells: notices, money, people, stations, answers. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const words = require('./words')

screen({
  words,
  often: true,
  data: { unread: '' },

  async load() {
    const got = await hemei.api.ask('notices')
    const count = got.items.filter((one) => !one.read).length
    return { unread: count ? `${count}${words.unread}` : '' }
  },
})
