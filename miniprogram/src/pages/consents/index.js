/** What I agreed to, each in its version; taken back as easily as given. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { moment } = require('../../lib/time')
const words = require('./words')

const SAID = { given: words.given, refused: words.refused, due: words.due }

screen({
  words,
  data: { items: [] },

  /** The one that somebody was sent here for stands first. */
  async load({ kind }) {
    const got = await hemei.api.ask('consents')
    const now = hemei.now()
    const items = [...got.items].sort((a, b) => Number(b.kind === kind) - Number(a.kind === kind))
    return { items: items.map((one) => ({ ...one, said: SAID[one.state], at: moment(one.at, now) })) }
  },

  methods: {
    give(event) {
      return this.says(event.currentTarget.dataset.kind, true)
    },

    async take(event) {
      const { kind } = event.currentTarget.dataset
      if (!(await hemei.platform.ask(words.take, words.takeSure, words.yes, words.no))) return undefined
      return this.says(kind, false)
    },

    says(kind, given) {
      return this.act('consent', async () => {
        const { version } = this.data.items.find((one) => one.kind === kind)
        await hemei.api.ask('consents.give', { kind, body: { version, given } })
        if (kind === 'precise_place' && !given) hemei.forgetPoint()
        if (kind === 'basic' && !given) {
          await hemei.leave()
          await hemei.platform.say(words.basicGone)
          return hemei.platform.restart('/pages/privacy/index')
        }
        return this.refresh()
      })
    },
  },
})
