/** The steps of a matter, newest first: lib/story.js makes the lines. */
Component({ properties: { lines: { type: Array, value: [] } } })
