/** The homes of my grid that nobody has visited yet. Kept in the telephone: stairwells have no network. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')

const SHELF = 'visit-homes'

screen({
  words: require('./words'),
  often: true,
  data: { homes: [], waiting: [], offline: false },

  async load() {
    let offline = false
    let homes
    try {
      await hemei.visits.deliverAll()
      homes = await hemei.api.all('visits', { query: { state: 'unvisited' } }, 40)
      hemei.platform.keep(SHELF, homes)
    } catch (error) {
      homes = hemei.platform.kept(SHELF)
      if (!(error instanceof hemei.Trouble) || !error.passes || !homes) throw error
      offline = true
    }
    const waiting = hemei.visits.list()
    const done = new Set(waiting.map((one) => one.body.home_id))
    return { homes: homes.map((one) => ({ ...one, kept: done.has(one.id) })), waiting, offline }
  },

  methods: {
    sync() {
      return this.act('sync', async () => {
        for (const draft of hemei.visits.list()) await hemei.visits.deliver(draft)
        await this.refresh()
      })
    },
  },
})
