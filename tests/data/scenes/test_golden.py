"""Same seed, same bytes: the pictures of Pillow 13 with NumPy 2, frozen.

A change here is a change of the data: every reported number that was made with generated scenes has to be made again.
"""

import hashlib

import pytest

from zsr_lib.data.scenes import render_height, render_photo, render_sketch

RENDER = {"photo": render_photo, "sketch": render_sketch, "height": render_height}
SEED, INDEX = 11, 2
GOLDEN = {
    ("airplane", "photo", 32): "2b90f4ccd4195849e1a97c8b3572e7c0e4ec2786a4b29ccb76a591a93f2f4b3f",
    ("airplane", "photo", 96): "c52be21510e4d7f46421860fb1ec004647bf1ed4abf430837fd94a757979fa38",
    ("airplane", "sketch", 32): "65711fc9940f6b17266be623fe4df948cb8872859dfe6bc7c52082e32b316cc3",
    ("airplane", "sketch", 96): "2faa5cb72b2e1d8957abd00662cbc2efc47122dc2182fc94d31e299dfa3319a9",
    ("airplane", "height", 32): "ae4d614c0c63acabbbd164bb0e51dca28f3f1a80a57123f9f18b6e3ec253d242",
    ("airplane", "height", 96): "13e7c6230fcb94e4654c8ab09e4857be957bf1d7389f990af02f4201e0ac225c",
    ("golfcourse", "photo", 32): "6b84a4ebf07b1586bed418423fbb861f0ea6b97170aced31a0141064cba810e4",
    ("golfcourse", "photo", 96): "265e60823f48f43aed0742c7ddd02e2907cb6b9278c1fd60b321730b133aa9eb",
    ("golfcourse", "sketch", 32): "de775ac8412dcdc3b5b059885eb0c831e077536bdaaf1e41ee4b2aff2a0316e9",
    ("golfcourse", "sketch", 96): "cdfd50c91d891561eea1a5da75787a517bed146a041cf6826c5fbc44b5043d2a",
    ("golfcourse", "height", 32): "d56a84542d4fd4bcdc0711395c9bcdf11774bbcb1ba1e3afbc8d538a89f1d47b",
    ("golfcourse", "height", 96): "becb395173811e03e1f76de3230809e462bac7d8e15d918ef9f38872e8d0e466",
    ("harbor", "photo", 32): "78318f44a609c528c6944d4bb121417eb32aae48778010c6089f6d1ba89b1474",
    ("harbor", "photo", 96): "9a3a381afe5cb96f335587d8134d700c747a2c946c48b2d457b6b4f7086d15af",
    ("harbor", "sketch", 32): "82e875625ff11b1aac418c92010793921985b2f93ac631afe58cf65dfc0a4b8c",
    ("harbor", "sketch", 96): "272992c35771bb2b3c3f1b2627fe8203c8b89597dcf50214ff51ecdac151f8e1",
    ("harbor", "height", 32): "90d08f20cdd35a577d16a9073ef8f3a33684e46928f3fd4bc84933be1e1d7222",
    ("harbor", "height", 96): "e2018055c2503a8cbc9163d40f444ad1b9c18b9cfe43aac770a3f4c7150b4ca8",
    ("overpass", "photo", 32): "d87ffbe546fca7f078c0a29027258b2f8cf8c003914acbf22af07182aead0cf4",
    ("overpass", "photo", 96): "5f69f1a97dcf8c0bd104cada02a5acff894f64553f3fcc0836c11d3b54fcc58f",
    ("overpass", "sketch", 32): "88746fe485fba8a08ccd0d50f9f82e80d8ceb8b4ed0bb21b65c6b93653c64ccd",
    ("overpass", "sketch", 96): "c5c399a25c23a55ef539eadbb1ebf59e71889ea291d111c94904541542af9650",
    ("overpass", "height", 32): "85569724c81b5ccc19f06466bc99515cf7195719bf2e03738be711e687d6eb6f",
    ("overpass", "height", 96): "a8335bf2c5dbeb41545ca353ceec20c2922296b719201b73309d8f61104204e6",
    ("railway", "photo", 32): "c9490ba2960ac471f0fbdc1fbac1c9dbe1d56c925b7830e12db631c125cf53ef",
    ("railway", "photo", 96): "407bc5591d79669d4322943bae30b34399d30c1705d8720b349b507300b318a8",
    ("railway", "sketch", 32): "c0658deffa09924b5eb091a57b8853e3ecbcc26ec49679ae1feaba7fdfbc49ed",
    ("railway", "sketch", 96): "b0610ce027c4566d90af7bd3ba5fc1ff386f01a9a45e7f718ba138adcd45ef35",
    ("railway", "height", 32): "ba174cdc0f14276aac48d37116a4da8394e6c31ee0febd2264a5edf48cc9c306",
    ("railway", "height", 96): "7a60cc4a5ac3e562a29521093d89adfc897219255acfb7b1f18229a0c2233b3e",
    ("storagetanks", "photo", 32): "9a80a82c53879c6ca9d4cc0255032313dc7eca3699f74373be46afa9a3df95e5",
    ("storagetanks", "photo", 96): "bc264a38638de1e24837a270d1834e76c915af22a848e6653a912461cccec133",
    ("storagetanks", "sketch", 32): "c835da7fe426504f4e158f1a2b3fe42ac0a1e63f816802c55554a3706631421e",
    ("storagetanks", "sketch", 96): "c6b302acebb297cbda15d8145572c74a218ad1f02a1bd766144940ecaafe87dc",
    ("storagetanks", "height", 32): "a01605c86ee72ad4f389173043a6f53968e84acabd784591f97e0915a36b261f",
    ("storagetanks", "height", 96): "5ff81f80a7a99259fd9815f4c39600177b2953eb074a4d20468bba794385a92a",
}


@pytest.mark.parametrize(("name", "kind", "size"), GOLDEN)
def test_renders_have_their_frozen_bytes(name, kind, size):
    picture = RENDER[kind](name, SEED, INDEX, size)
    little_endian = picture.astype(picture.dtype.newbyteorder("<"))
    assert hashlib.sha256(little_endian.tobytes()).hexdigest() == GOLDEN[name, kind, size]
