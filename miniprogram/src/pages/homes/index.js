/** My homes: bound with proof, given up, and what others of the home ask. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { fromScan } = require('../../lib/scene')
const { wishes } = require('../../lib/ids')
const spots = require('../../lib/spot')
const words = require('./words')

const PROOFS = ['phone', 'door', 'member']

screen({
  words,
  often: true,
  data: { homes: [], requests: [], phone: true, why: '', place: null, label: '', room: '', proof: 0, said: '' },

  async load({ why }) {
    const me = await hemei.whoAmI()
    const { items: homes } = await hemei.api.ask('homes')
    const { items: requests } = await hemei.api.ask('homes.requests')
    const reason = why === 'phone' && !me.phone ? words.phoneNeeded : why && !homes.length ? words.homeNeeded : ''
    const spot = spots.chosenHome(hemei.platform)
    if (spot) this.setData({ place: { building_id: spot.place_id, unit: spot.unit || '' }, label: spot.label })
    return { homes, requests, phone: Boolean(me.phone), why: reason }
  },

  methods: {
    scan() {
      return this.act('scan', async () => {
        const { scene, door } = fromScan(await hemei.platform.scan())
        const code = door || scene
        const got = code ? await hemei.api.ask('scene', { scene: code, open: true }) : { door: null }
        if (!got.door) return this.complain(words.notDoor)
        return this.setData({ place: { door: got.door }, label: got.place.label })
      })
    },

    proofPicked(event) {
      this.setData({ proof: Number(event.detail.value) })
    },

    bind() {
      const { place, proof } = this.data
      const room = this.data.room.trim()
      if (!place || !room) return this.complain(words.needed)
      this.key = this.key || wishes()
      return this.act('bind', async () => {
        const body = { ...place, room, proof: PROOFS[proof] }
        const got = await hemei.api.ask('homes.bind', { body, key: this.key(body) })
        this.key = null
        await this.refresh()
        this.setData({ said: got.state === 'bound' ? words.boundSaid : words.waitingSaid, place: null, label: '', room: '' })
      })
    },

    async leave(event) {
      const { id } = event.currentTarget.dataset
      if (!(await hemei.platform.ask(words.leave, words.leaveSure, words.yes, words.no))) return undefined
      return this.act('leave', async () => {
        await hemei.api.ask('homes.leave', { id })
        await this.refresh()
      })
    },

    answer(event) {
      const { id, agree } = event.currentTarget.dataset
      return this.act('answer', async () => {
        await hemei.api.ask('homes.answer', { id, body: { agree } })
        await this.refresh()
      })
    },
  },
})
