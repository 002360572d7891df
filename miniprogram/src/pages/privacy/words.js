module.exports = {
  title: '您的信息怎么用',
  lead: '用之前，请先看两分钟。',
  contract: '看微信里的隐私保护指引',
  agree: '同意，开始用',
  refuse: '先不同意',
  refused: '不同意就不存您的任何信息。附近驿站不用同意也能看。',
  stations: '看附近驿站',
  version: '版本',
}
