/** The notice before first use, in the server's own words and version; later, to read it again. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')

screen({
  words: require('./words'),
  open: true,
  data: { refused: false, title: '', text: '', version: '', given: false },

  /** The server keeps nothing of a newcomer who only reads. */
  async load() {
    const { title, text, version, state } = (await hemei.api.ask('consents')).items.find((one) => one.kind === 'basic')
    return { title, text, version, given: state === 'given' && hemei.agreed() }
  },

  methods: {
    agree() {
      return this.act('agree', async () => {
        const { version } = this.data
        await hemei.api.ask('consents.give', { kind: 'basic', body: { version, given: true } })
        hemei.agree(version)
        await hemei.whoAmI()
        hemei.catchUp()
        return hemei.platform.back('/pages/report/index')
      })
    },

    refuse() {
      this.setData({ refused: true })
    },

    contract() {
      return hemei.platform.openContract()
    },
  },
})
