/**
 * Where a report is about: a door's code, a home, a place of the town, or a point on the map. Kept between reports,
 * because most people report where they live. `meant`: chosen for the report that is being written, so that it
 * stands above what its words name.
 *
 * @typedef {{label: string, meant?: boolean, units?: string[], unit?: string, door?: string, home_id?: string, place_id?: string, lat?: number, lng?: number}} Spot
 */
const SPOT = 'spot'
const HOME = 'home-spot'

/** @param {any} platform @returns {Spot | null} */
const last = (platform) => platform.kept(SPOT)

/** @param {any} platform @param {Spot} spot */
function choose(platform, spot) {
  platform.keep(SPOT, { ...spot, meant: true })
  return spot
}

/** What the words of a report name, as long as nobody has chosen. @param {any} platform @param {Spot} spot */
function suppose(platform, spot) {
  platform.keep(SPOT, spot)
  return spot
}

/** The next report is another one: a point on the map was where somebody stood then. @param {any} platform */
function settle(platform) {
  const spot = last(platform)
  if (spot) platform.keep(SPOT, spot.lat === undefined ? { ...spot, meant: false } : null)
}

/**
 * Where a report is likely to be: as chosen, else as the last time, else at home. Riders ride on: theirs is nowhere.
 * @param {any} platform @param {any} me @returns {Spot | null}
 */
function usual(platform, me) {
  const spot = last(platform)
  const { homes = [], roles = [] } = me || {}
  if (roles.includes('rider') && !homes.length) return spot && spot.meant ? spot : null
  return spot || (homes.length ? ofHome(homes[0]) : null)
}

/** The building that somebody says to live in, handed from one page to the next. @param {any} platform @param {Spot} spot */
const chooseHome = (platform, spot) => platform.keep(HOME, spot)
/** @param {any} platform @returns {Spot | null} once */
function chosenHome(platform) {
  const spot = platform.kept(HOME)
  platform.keep(HOME, null)
  return spot
}

/** @param {any} place as GET /places gives it @returns {Spot} */
const ofPlace = (place) => ({
  label: place.label, place_id: place.place_id, units: place.units || [], ...(place.unit ? { unit: place.unit } : {}),
})
/** @param {any} home as GET /homes gives it @returns {Spot} */
const ofHome = (home) => ({ label: home.label, home_id: home.id })

/** @param {Spot} spot @returns {object} the same as POST /reports takes it: a door says more than its building */
const inReport = ({ label, meant, units, place_id: place, unit, ...rest }) => ({
  ...rest, ...(place && !rest.door ? { place_id: place, ...(unit ? { unit } : {}) } : {}),
})

module.exports = { SPOT, HOME, last, choose, suppose, settle, usual, chooseHome, chosenHome, ofPlace, ofHome, inReport }
