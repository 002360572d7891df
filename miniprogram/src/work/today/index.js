/** What a cadre must do now, the reddest first. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { row } = require('../../lib/story')
const { until } = require('../../lib/time')

screen({
  words: require('./words'),
  often: true,
  data: { lines: [], counts: null, more: 0 },

  async load() {
    const got = await hemei.api.ask('today')
    const now = hemei.now()
    return {
      counts: got.counts,
      more: got.more,
      lines: got.items.map((one) => {
        const due = until(one.turns_red_at, now)
        return { ...row(one.case, now), why: one.why, due: due.words, late: one.late }
      }),
    }
  },
})
