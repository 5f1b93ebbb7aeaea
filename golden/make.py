#!/usr/bin/env python3
"""Makes the models of this folder and llama.cpp's answers to them.

    make.py DEMO_MODEL FOLDER

DEMO_MODEL is the model of the command line (cli/src/main/resources/dev/lamina/cli/demo). Needs llama-quantize and
llama-server on the PATH, and the Python packages gguf and numpy.
"""

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

import gguf
import numpy as np

PORT = 8391
STEPS = 16
PROMPTS = [
    "To be, or not to be, that is the question:\n",
    "KING LEAR:\nBlow, winds, and crack your cheeks! rage! blow!\nYou cataracts and hurricanoes, spout\n"
    "Till you have drench'd our steeples, drown'd the cocks!",
    "<|im_start|>ROMEO\n  1 2 345 caf\u00e9 and",
]

# Tokens of the vocabulary that are parts of a character in UTF-8. llama-server tells no probabilities at a step that
# chooses one, so none is chosen.
PARTS = [*range(94, 188), *range(222, 256)]

N_MERGES = 125
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

# Types that llama-quantize makes whole models of, and those that it gives to single tensors only.
FILE_TYPES = (
    "BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ1_S IQ1_M IQ2_XXS IQ2_XS IQ2_S IQ3_XXS IQ3_S "
    "IQ4_NL IQ4_XS TQ1_0 TQ2_0 Q1_0 Q2_0"
).split()
TENSOR_TYPES = ["MXFP4", "NVFP4"]


class Demo:
    """The demo model, decoded."""

    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.tensors = {
            t.name: gguf.dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors
        }
        self.fields = {name: field.contents() for name, field in reader.fields.items()}
        self.n_tokens = 256 + N_MERGES


def start(path, architecture, name, demo, pre, context):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("model")
    writer.add_name(name)
    writer.add_license("cc0-1.0")
    writer.add_context_length(context)
    tokens = demo.fields["tokenizer.ggml.tokens"][: demo.n_tokens] + CONTROL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([1] * demo.n_tokens + [3] * len(CONTROL))
    writer.add_token_merges(demo.fields["tokenizer.ggml.merges"][:N_MERGES])
    writer.add_bos_token_id(demo.n_tokens)
    writer.add_eos_token_id(demo.n_tokens)
    writer.add_add_bos_token(architecture == "llama")
    return writer


def finish(writer, matrix_type):
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if matrix_type == np.float16 else gguf.LlamaFileType.ALL_F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add(writer, name, values, matrix_type):
    writer.add_tensor(name, np.ascontiguousarray(values, dtype=matrix_type if values.ndim > 1 else np.float32))


def add_shape(writer, hidden, layers, ffn, heads, kv_heads, base):
    writer.add_embedding_length(hidden)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(ffn)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_freq_base(base)
    writer.add_layer_norm_rms_eps(1e-6)


def cut(path, demo):
    """The last layer of the demo model, a third of its FFN and the first tokens of its vocabulary, in F16."""
    ffn = 256
    last = demo.fields["qwen2.block_count"] - 1
    vocabulary = len(demo.fields["tokenizer.ggml.tokens"])
    rows = list(range(demo.n_tokens)) + list(range(vocabulary - len(CONTROL), vocabulary))
    writer = start(path, "qwen2", "cut of Shakespeare 5M", demo, "qwen2", 256)
    add_shape(writer, 256, 1, ffn, 4, 2, 10000.0)
    for name, values in demo.tensors.items():
        if name == "token_embd.weight":
            values = values[rows]
        elif name.startswith(f"blk.{last}."):
            name = name.replace(f"blk.{last}.", "blk.0.")
            if "ffn_gate" in name or "ffn_up" in name:
                values = values[:ffn]
            elif "ffn_down" in name:
                values = values[:, :ffn]
        elif name.startswith("blk."):
            continue
        add(writer, name, values, np.float16)
    finish(writer, np.float16)


def random_model(path, architecture, demo, matrix_type, heads, kv_heads, head_dim):
    """Three layers of random weights."""
    hidden, layers, ffn = 64, 3, 128
    random = np.random.default_rng(42)
    writer = start(path, architecture, f"tiny {architecture}", demo, "llama-bpe" if architecture == "llama" else "qwen2", 1024)
    add_shape(writer, hidden, layers, ffn, heads, kv_heads, 500000.0)
    n_vocab = demo.n_tokens + len(CONTROL)

    def matrix(name, rows, columns, scale=1.0):
        values = random.standard_normal((rows, columns)) * scale / np.sqrt(columns)
        add(writer, name + ".weight", values.astype(np.float32), matrix_type)

    def norm(name, size):
        add(writer, name + ".weight", random.uniform(0.7, 1.3, size).astype(np.float32), matrix_type)

    if architecture == "llama":
        writer.add_vocab_size(n_vocab)
        writer.add_rope_dimension_count(head_dim)
        factors = np.where(np.arange(head_dim // 2) < head_dim // 4, 1.0, 8.0).astype(np.float32)
        add(writer, "rope_freqs.weight", factors, matrix_type)
    else:
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    matrix("token_embd", n_vocab, hidden)
    matrix("output", n_vocab, hidden, 2.5)
    norm("output_norm", hidden)
    for layer in range(layers):
        block = f"blk.{layer}."
        norm(block + "attn_norm", hidden)
        norm(block + "ffn_norm", hidden)
        matrix(block + "attn_q", heads * head_dim, hidden, 1.5)
        matrix(block + "attn_k", kv_heads * head_dim, hidden, 1.5)
        matrix(block + "attn_v", kv_heads * head_dim, hidden)
        matrix(block + "attn_output", hidden, heads * head_dim)
        if architecture == "qwen3":
            norm(block + "attn_q_norm", head_dim)
            norm(block + "attn_k_norm", head_dim)
        matrix(block + "ffn_gate", ffn, hidden)
        matrix(block + "ffn_up", ffn, hidden)
        matrix(block + "ffn_down", hidden, ffn)
    finish(writer, matrix_type)


def importance(path, model):
    """An importance matrix in which all columns count the same; the smallest types are refused without one."""
    writer = gguf.GGUFWriter(path, "")
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", ["none"])
    writer.add_uint32("imatrix.chunk_count", 1)
    writer.add_uint32("imatrix.chunk_size", 256)
    for tensor in gguf.GGUFReader(model).tensors:
        if len(tensor.shape) > 1:
            writer.add_tensor(tensor.name + ".in_sum2", np.ones((1, int(tensor.shape[0])), np.float32))
            writer.add_tensor(tensor.name + ".counts", np.ones((1, 1), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quantize(original, matrix, target, tensor_type):
    """A file whose matrices are all of one type."""
    file_type = {"Q3_K": "Q3_K_S", "Q4_K": "Q4_K_S", "Q5_K": "Q5_K_S", "IQ2_S": "IQ2_M"}.get(tensor_type, tensor_type)
    options = []
    if tensor_type in TENSOR_TYPES:
        file_type = "Q8_0"
        options = ["--tensor-type", f".*={tensor_type.lower()}"]
    names = [original.name, target.name, file_type]
    command = ["llama-quantize", "--pure", "--imatrix", f"../{matrix.name}", *options, *names]
    result = subprocess.run(command, cwd=original.parent, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{command}: {result.stdout[-2000:]}{result.stderr[-2000:]}")
    types = {t.tensor_type.name for t in gguf.GGUFReader(target).tensors if len(t.shape) > 1}
    if types != {tensor_type}:
        sys.exit(f"{target} has {types}")


def post(path, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def wait(server):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health"):
                return
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                sys.exit("llama-server ended: " + " ".join(server.args))
            time.sleep(0.1)
    sys.exit("llama-server does not answer")


def complete(prompt):
    ids = post("/tokenize", {"content": prompt, "add_special": False, "parse_special": True})["tokens"]
    answer = post(
        "/completion",
        {
            "prompt": ids,
            "n_predict": STEPS,
            "temperature": 0.8,
            "top_k": 10,
            "seed": 1,
            "n_probs": 10,
            "return_tokens": True,
            "cache_prompt": False,
            "ignore_eos": True,
            "logit_bias": [[token, False] for token in PARTS],  # the probabilities are the model's, without these and without the sampling
        },
    )
    steps = [
        {"id": step["id"], "top": [[top["id"], round(top["logprob"], 5)] for top in step["top_logprobs"]]}
        for step in answer["completion_probabilities"]
    ]
    return {
        "prompt": prompt,
        "prompt_tokens": ids,
        "tokens": answer["tokens"],
        "text": answer["content"],
        "steps": steps,
    }


def completions(model, target):
    command = ["llama-server", "-m", str(model), "--host", "127.0.0.1", "--port", str(PORT), "-c", "256", "-b", "512"]
    command += ["-np", "1", "-t", "1", "-fa", "off", "-ctk", "f16", "-ctv", "f16", "--no-warmup", "--no-webui"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait(server)
            results = [complete(prompt) for prompt in PROMPTS]
        finally:
            server.terminate()
    text = json.dumps({"model": model.stem, "results": results}, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text.replace('{"prompt"', '\n{"prompt"').replace('{"id"', '\n{"id"') + "\n", "utf-8")


def main(demo_path, folder):
    models = pathlib.Path(folder, "models")
    answers = pathlib.Path(folder, "completions")
    models.mkdir(parents=True, exist_ok=True)
    answers.mkdir(exist_ok=True)
    demo = Demo(demo_path)
    original = models / "cut-F16.gguf"
    cut(original, demo)
    random_model(models / "llama-F32.gguf", "llama", demo, np.float32, 2, 1, 32)
    random_model(models / "qwen3-F32.gguf", "qwen3", demo, np.float32, 4, 2, 32)
    matrix = pathlib.Path(folder, "imatrix.gguf")
    importance(matrix, original)
    for name in FILE_TYPES + TENSOR_TYPES:
        quantize(original, matrix, models / f"cut-{name}.gguf", name)
    matrix.unlink()
    for model in sorted(models.glob("*.gguf")):
        if model.stem == "cut-BF16":
            continue
        completions(model, answers / f"{model.stem}.json")
    # With BF16 weights llama.cpp rounds activations to BF16 on some processors; F32 holds the same weights.
    exact = pathlib.Path(folder, "cut-BF16.gguf")
    subprocess.run(
        ["llama-quantize", "--allow-requantize", models / exact.name, exact, "F32"], check=True, capture_output=True
    )
    completions(exact, answers / "cut-BF16.json")
    exact.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
