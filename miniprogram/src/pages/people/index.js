/** Who answers for my building: name, face, duty number. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const spots = require('../../lib/spot')
const { address } = require('../../lib/story')
const { wishes } = require('../../lib/ids')
const words = require('./words')

screen({
  words,
  often: true,
  data: { homes: [], home: 0, labels: [], people: [], nowhere: false, to: null, text: '', said: '' },

  async load() {
    const homes = (await hemei.whoAmI()).homes
    const spot = spots.last(hemei.platform)
    const home = Math.min(this.data.home, Math.max(homes.length - 1, 0))
    const query =
      homes.length ? { home_id: homes[home].id } : spot && spot.place_id ? { place_id: spot.place_id } : null
    const labels = homes.map((one) => one.label)
    if (!query) return { homes, labels, people: [], nowhere: true }
    const got = await hemei.api.ask('people', { query })
    return { homes, home, labels, nowhere: false, people: got.items.map((one) => ({ ...one, photo: one.photo ? address(one.photo) : null })) }
  },

  methods: {
    homePicked(event) {
      this.setData({ home: Number(event.detail.value), state: 'loading' })
      return this.refresh()
    },

    write(event) {
      this.key = wishes()
      this.setData({ to: this.data.people[event.currentTarget.dataset.at], text: '', said: '', wrong: '' })
    },

    hide() {
      this.setData({ to: null })
    },

    /** Handed on by the house: nobody's own number is given to anybody. */
    send() {
      const text = this.data.text.trim()
      if (!text) return this.complain(words.needed)
      return this.act('send', async () => {
        const body = { text }
        await hemei.api.ask('people.tell', { id: this.data.to.id, body, key: this.key(body) })
        this.setData({ to: null, said: words.sent })
      })
    },
  },
})
