/** The frame of every page: large type, what is being waited for, what went wrong. */
Component({
  options: { multipleSlots: false },
  properties: {
    state: { type: String, value: 'ready' },
    trouble: { type: String, value: '' },
    cure: { type: String, value: '' },
    wrong: { type: String, value: '' },
    big: { type: Boolean, value: false },
    tabs: { type: Boolean, value: false },
  },
  data: { w: require('./words') },
  methods: {
    again() {
      this.triggerEvent('again')
    },
  },
})
