/** After reporting: number, who, until when; and the one moment to ask whether we may tell. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { until } = require('../../lib/time')
const { named } = require('../../lib/story')
const words = require('./words')

screen({
  words,
  data: { id: '', number: '', who: '', due: '', templates: [], said: '' },

  async load({ id }) {
    const one = hemei.lately(id) || (await hemei.api.ask('case', { id }))
    const templates = await hemei.mayTell('reported')
    const due = until(one.due_at, hemei.now())
    return { id, number: one.number, who: named(one.who), due: due.words, templates }
  },

  methods: {
    tell() {
      return this.act('tell', async () => {
        const willing = await hemei.askToTell('reported', this.data.templates)
        this.setData({ said: willing ? words.told : words.notTold, templates: [] })
      })
    },

    see() {
      return hemei.platform.replace(`/pages/matter/index?id=${this.data.id}`)
    },
  },
})
