/** The open books of an estate, month by month. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { yuan } = require('../../lib/money')

const line = (one) => ({
  ...one, income: yuan(one.income_fen), outlay: yuan(one.outlay_fen), left: yuan(one.left_fen),
})

screen({
  words: require('./words'),
  data: { lines: [] },

  async load() {
    return { lines: (await hemei.api.all('books.months')).map(line) }
  },
})
