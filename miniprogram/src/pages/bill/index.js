/** One bill, line by line, and paying it. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { inYuan } = require('../../lib/money')
const { date } = require('../../lib/time')
const { payBills, endWords } = require('../../lib/paying')
const words = require('./words')

screen({
  words,
  data: { one: null, lines: [], amount: '', paid: '', left: '', due: '', said: '', templates: [] },

  async load({ id }) {
    const one = await hemei.api.ask('bill', { id })
    return {
      one, templates: await hemei.mayTell('billed'), lines: one.lines.map((line) => ({ ...line, amount: inYuan(line.amount_fen) })),
      amount: inYuan(one.amount_fen), paid: inYuan(one.paid_fen), left: inYuan(one.amount_fen - one.paid_fen),
      due: date(one.due_at, hemei.now()),
    }
  },

  methods: {
    pay() {
      return this.act('pay', async () => {
        const end = await payBills(hemei, [this.query.id])
        await this.refresh()
        this.setData({ said: endWords[end] })
      })
    },

    tell() {
      return this.act('tell', async () => {
        await hemei.askToTell('billed', this.data.templates)
        this.setData({ templates: [] })
      })
    },

    /** The words are begun: which bill it is about. */
    question() {
      const { number, period } = this.data.one
      hemei.begin({ text: `${period}${words.about}${number}${words.colon}`, category: 'fees' })
      return hemei.platform.goTab('/pages/report/index')
    },
  },
})
