/** One matter in a list: what, where, how far, until when. A tap says "open". */
Component({ properties: { line: { type: Object, value: {} } } })
