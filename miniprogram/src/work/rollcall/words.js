module.exports = {
  title: '点名', none: '现在没有点名。', here: '到', cannot: '不能', until: '应答到', saidHere: '您应了：到。', saidCannot: '您应了：不能。',
}
