/** Every page of the small town as a page of a browser:  node tools/paint.js FOLDER  (names: NAME.html, NAME.big.html) */
const fs = require('node:fs')
const path = require('node:path')
const { Server } = require('../test/support/server')
const { Weixin } = require('../test/support/weixin')
const { Stage, pages } = require('../test/support/stage')
const { paint } = require('../test/support/paint')
const { scenes } = require('../test/support/scenes')

async function main(folder) {
  fs.mkdirSync(folder, { recursive: true })
  for (const route of pages()) {
    for (const [name, scene] of Object.entries(scenes(route))) {
      for (const big of [false, true]) {
        const stage = new Stage(new Weixin(new Server(scene.answers)))
        const page = await scene.play(stage, route, big)
        fs.writeFileSync(path.join(folder, `${name}${big ? '.big' : ''}.html`), paint(page, route))
        page.close()
      }
    }
  }
}

main(process.argv[2]).then(() => process.exit(0), (error) => {
  console.error(error)
  process.exit(1)
})
