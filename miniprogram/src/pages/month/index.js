/** One month: where the money went, each line to brand and model, with its voucher; any line can be asked about. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { yuan, inYuan, maybeYuan } = require('../../lib/money')
const { date } = require('../../lib/time')
const { pictures } = require('../../lib/story')
const { wishes } = require('../../lib/ids')
const words = require('./words')

screen({
  words,
  data: { one: null, sums: {}, lines: [], incomes: [], shares: [], asking: '', text: '', said: '' },

  async load({ id }) {
    const one = await hemei.api.ask('books.month', { id })
    const now = hemei.now()
    const sums = {
      opening: maybeYuan(one.opening_fen), income: maybeYuan(one.income_fen), outlay: maybeYuan(one.outlay_fen),
      left: maybeYuan(one.left_fen),
    }
    return {
      one, sums, shares: one.shares.map((part) => ({ ...part, amount: yuan(part.amount_fen), wide: part.permille / 10 })),
      incomes: one.incomes.map((line) => ({ ...line, amount: inYuan(line.amount_fen), at: date(line.date, now) })),
      lines: one.lines.map((line) => ({
        ...line, amount: inYuan(line.amount_fen), at: date(line.date, now), photos: pictures(line.photos),
        price: line.unit_price_fen === null ? '' : inYuan(line.unit_price_fen),
      })),
    }
  },

  methods: {
    ask(event) {
      this.key = wishes()
      this.setData({ asking: event.currentTarget.dataset.id, text: '', said: '', wrong: '' })
    },

    hide() {
      this.setData({ asking: '' })
    },

    send() {
      const text = this.data.text.trim()
      if (!text) return this.complain(words.needed)
      return this.act('send', async () => {
        const body = { text }
        await hemei.api.ask('books.ask', { id: this.data.asking, body, key: this.key(body) })
        this.setData({ asking: '', said: words.askedSaid })
        await this.refresh()
      })
    },
  },
})
