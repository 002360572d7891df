/** One visit: met, absent or refused; words; opinions, each of which can become a case in one tap. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { stamp } = require('../../lib/time')
const words = require('./words')

const PHONE = /^0?\d{7,12}$/

screen({
  words,
  data: {
    label: '', result: '', text: '', opinions: [], kinds: words.classes.map((one) => one[1]),
    codes: words.classes.map((one) => one[0]),
  },

  /** Where it is stands in the list that lies in the telephone: an address carries ids only. */
  load({ home_id: id }) {
    const home = (hemei.platform.kept(hemei.DOORS) || []).find((one) => one.id === id)
    return { label: home ? home.label : '' }
  },

  methods: {
    choose(event) {
      this.setData({ result: event.currentTarget.dataset.code })
    },

    add() {
      this.setData({ opinions: [...this.data.opinions, { kind: 0, text: '', make: false, name: '', phone: '' }] })
    },

    drop(event) {
      this.setData({ opinions: this.data.opinions.filter((_, at) => at !== event.currentTarget.dataset.at) })
    },

    say(event) {
      this.change(event, { text: event.detail.value })
    },

    sort(event) {
      this.change(event, { kind: Number(event.detail.value) })
    },

    who(event) {
      this.change(event, { [event.currentTarget.dataset.part]: event.detail.value })
    },

    make(event) {
      this.change(event, { make: event.detail.value })
    },

    change(event, what) {
      const { at } = event.currentTarget.dataset
      this.setData({ opinions: this.data.opinions.map((one, index) => (index === at ? { ...one, ...what } : one)) })
    },

    send() {
      const { result, text, codes } = this.data
      if (!result) return this.complain(words.needed)
      // here, because a visit that waits for a network is refused when nobody stands at that door any more
      if (this.data.opinions.some((one) => one.make && one.phone && !PHONE.test(one.phone))) return this.complain(words.phoneWrong)
      return this.act('send', async () => {
        const opinions = this.data.opinions
          .filter((one) => one.text.trim())
          .map((one) => ({
            class: codes[one.kind], text: one.text.trim(), make_case: one.make,
            // because only what becomes a case is told of to anybody
            ...(one.make ? { name: one.name.trim(), phone: one.phone.trim() } : {}),
          }))
        const draft = hemei.visits.add({
          home_id: this.query.home_id, result, words: text.trim(), opinions, visited_at: stamp(hemei.now()),
        })
        let said = words.sent
        try {
          await hemei.visits.deliver(draft)
        } catch (error) {
          const away = error instanceof hemei.Trouble && error.passes
          // because the form still holds all of it, and is sent as another one when it was mended
          if (!away) await hemei.visits.drop(draft.id)
          if (!away) throw error
          said = words.kept
        }
        await hemei.platform.say(said)
        return hemei.platform.back('/pages/me/index')
      })
    },
  },
})
