module.exports = { add: '拍照', remove: '去掉', label: '照片' }
