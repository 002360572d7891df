module.exports = {
  title: '办这件事', accept: '接单', return: '退单', returnHint: '为什么不归您管？', returnSend: '退回', transfer: '转给',
  transferTo: '转给谁', transferHint: '为什么转', transferSend: '转过去', progress: '写进度', progressHint: '办到哪一步了',
  progressSend: '写上', finish: '办好了', finishHint: '怎么办的', finishSend: '交给居民看', before: '办之前', after: '办好后', story: '办到哪一步', due: '时限', needed: '请写一句。', photoNeeded: '请拍一张办好后的照片，没有就写一句为什么。', noPhoto: '没有照片，因为', noPhotoHint: '比如：在居民家里，不便拍',
  pick: '选一个人', way: ['收到', '派单', '在办', '请居民看', '办完'], photos: '照片', pickNeeded: '请选转给谁。',
}
