/**
 * Where a report is about: a door's code, a home, a place of the town, or a point on the map. Kept between reports,
 * because most people report where they live.
 *
 * @typedef {{label: string, door?: string, home_id?: string, place_id?: string, lat?: number, lng?: number}} Spot
 */
const SPOT = 'spot'

/** @param {any} platform @returns {Spot | null} */
const last = (platform) => platform.kept(SPOT)

/** @param {any} platform @param {Spot} spot */
function choose(platform, spot) {
  platform.keep(SPOT, spot)
  return spot
}

/** @param {any} place as GET /places gives it @returns {Spot} */
const ofPlace = (place) => ({ label: place.label, place_id: place.place_id })
/** @param {any} home as GET /homes gives it @returns {Spot} */
const ofHome = (home) => ({ label: home.label, home_id: home.id })

/** @param {Spot} spot @returns {object} the same as POST /reports takes it: a door says more than its building */
const inReport = ({ label, place_id: place, ...rest }) => ({ ...rest, ...(place && !rest.door ? { place_id: place } : {}) })

module.exports = { last, choose, ofPlace, ofHome, inReport }
