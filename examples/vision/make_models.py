"""Makes small random models that see, in the layout of the Hub's ONNX exports, and what transformers answers.

    npx tsx test/golden/write-vision-prompt.ts prompt
    python examples/vision/make_models.py prompt test/golden/chat-template test/fixtures/onnx/vision

The arguments: a picture and its question, a folder with a tokenizer and a chat template, the folder to write.
Nothing is downloaded, and the weights are random. Written with torch 2.6, transformers 5.24 and onnx 1.23.
"""

import json
import math
import pathlib
import shutil
import sys

import numpy as np
import onnx
import torch
from PIL import Image
from tokenizers import AddedToken, Tokenizer
from transformers import (
    AutoTokenizer,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2VLForConditionalGeneration,
    Qwen3VLForConditionalGeneration,
)
from transformers.cache_utils import DynamicCache
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLConfig
from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLConfig

BACKGROUND = (230, 230, 230)
HIDDEN, HEADS, KEY_HEADS, LAYERS = 32, 4, 2, 3


# In the order of the planes: time, down, across. Qwen3-VL interleaves them.
SECTIONS = {"qwen2_vl": [1, 1, 2], "qwen2_5_vl": [1, 1, 2], "qwen3_vl": [2, 1, 1]}


def text_config(name, vocabulary):
    return {
        "vocab_size": vocabulary,
        "hidden_size": HIDDEN,
        "intermediate_size": 64,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEY_HEADS,
        "head_dim": HIDDEN // HEADS,
        "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": SECTIONS[name]},
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }


VISION = {
    "qwen2_vl": {"depth": 2, "embed_dim": 16, "hidden_size": HIDDEN, "mlp_ratio": 2, "num_heads": 2},
    "qwen2_5_vl": {
        "depth": 2,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_heads": 2,
        "out_hidden_size": HIDDEN,
        "window_size": 56,
        "fullatt_block_indexes": [1],
    },
    "qwen3_vl": {
        "depth": 2,
        "hidden_size": 8,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": HIDDEN,
        "num_position_embeddings": 36,
        "deepstack_visual_indexes": [0, 1],
    },
}
# What the sizes of pictures are called in the Hub's exports.
GRIDS = {"qwen2_vl": "grid_thw"}
# As the models of the Hub have them, where they are not the defaults.
PROCESSORS = {"qwen3_vl": {"patch_size": 16, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}}
MODELS = {
    "qwen2_vl": (Qwen2VLConfig, Qwen2VLForConditionalGeneration),
    "qwen2_5_vl": (Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration),
    "qwen3_vl": (Qwen3VLConfig, Qwen3VLForConditionalGeneration),
}
VISION_TOKENS = ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]


def write_tokenizer(folder, base):
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in VISION_TOKENS])
    tokenizer.save(str(folder / "tokenizer.json"))
    for name in ["tokenizer_config.json", "chat_template.jinja"]:
        shutil.copy(base / name, folder / name)
    return AutoTokenizer.from_pretrained(folder)


class Vision(torch.nn.Module):
    def __init__(self, visual):
        super().__init__()
        self.visual = visual

    def forward(self, pixel_values, image_grid_thw):
        seen = self.visual(pixel_values, grid_thw=image_grid_thw)
        # Traced for one size of pictures; this keeps the input.
        return (seen.pooler_output + 0 * image_grid_thw.sum(), *getattr(seen, "deepstack_features", ()))


def deepstack_of(model):
    """After how many layers features of a picture are added."""
    return len(getattr(model.config.vision_config, "deepstack_visual_indexes", ()))


class Decoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.text, self.head = model.model.language_model, model.lm_head
        self.deepstack = deepstack_of(model)

    def forward(self, inputs_embeds, attention_mask, position_ids, kept, *more):
        deepstack, past = more[: self.deepstack], more[self.deepstack :]
        cache = DynamicCache()
        for layer in range(LAYERS):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        tokens, all_tokens = inputs_embeds.shape[1], attention_mask.shape[1]
        # Token i of the new ones sees those before it, and the past.
        sees = torch.arange(all_tokens)[None, :] <= torch.arange(tokens)[:, None] + (all_tokens - tokens)
        sees = sees[None, None] & attention_mask[:, None, None, :].bool()
        mask = torch.where(sees, 0.0, torch.finfo(torch.float32).min)
        hidden = self.text(
            inputs_embeds=inputs_embeds,
            attention_mask=mask if deepstack else {"full_attention": mask},
            position_ids=position_ids,
            cache=cache,
            use_cache=True,
            # The features lie at the picture's tokens already, with zeros elsewhere.
            **({"visual_pos_masks": sees, "deepstack_visual_embeds": deepstack} if deepstack else {}),
        ).last_hidden_state
        present = [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]
        if kept is not None:
            hidden = hidden[:, -kept:]
        return (self.head(hidden), *present)


def export(module, inputs, path, names, outputs, axes):
    torch.onnx.export(
        module, inputs, str(path), input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def export_model(model, folder, pixels, grid):
    folder.mkdir(parents=True, exist_ok=True)
    layers = range(deepstack_of(model))
    export(
        Vision(model.model.visual), (pixels, grid), folder / "vision_encoder.onnx",
        ["pixel_values", GRIDS.get(model.config.model_type, "image_grid_thw")],
        ["image_features", *[f"deepstack_features_{layer}" for layer in layers]], {},
    )
    both = {0: "batch_size", 1: "sequence_length"}
    export(
        model.get_input_embeddings(), (torch.zeros(2, 5, dtype=torch.long),), folder / "embed_tokens.onnx",
        ["input_ids"], ["inputs_embeds"], {"input_ids": both, "inputs_embeds": both},
    )
    past_names = [f"past_key_values.{layer}.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
    present_names = [name.replace("past_key_values", "present") for name in past_names]
    rows, tokens, before = 2, 5, 3
    # For how many tokens at the end logits are computed: an input that transformers.js feeds where it is there.
    keeps = ["num_logits_to_keep"] if model.config.model_type == "qwen3_vl" else []
    deepstack_names = [f"deepstack_scattered_{layer}" for layer in layers]
    inputs = (
        torch.randn(rows, tokens, HIDDEN),
        torch.ones(rows, before + tokens, dtype=torch.long),
        torch.arange(before, before + tokens)[None, None].repeat(3, rows, 1),
        torch.tensor(2) if keeps else None,
        *[torch.randn(rows, tokens, HIDDEN) for _ in layers],
        *[torch.randn(rows, KEY_HEADS, before, HIDDEN // HEADS) for _ in past_names],
    )
    axes = {
        "inputs_embeds": both,
        "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
        "position_ids": {1: "batch_size", 2: "sequence_length"},
        "logits": both,
        **{name: both for name in deepstack_names},
        **{name: {0: "batch_size", 2: "past_sequence_length"} for name in past_names},
        **{name: {0: "batch_size", 2: "total_sequence_length"} for name in present_names},
    }
    decoder = Decoder(model)
    if layers:
        decoder.text._deepstack_process = lambda hidden, _, features: hidden + features
    export(
        decoder, inputs, folder / "decoder_model_merged.onnx",
        ["inputs_embeds", "attention_mask", "position_ids", *keeps, *deepstack_names, *past_names],
        ["logits", *present_names], axes,
    )
    if layers:
        del decoder.text._deepstack_process


def answer(model, tokenizer, text, pixels=None, grid=None):
    """Logits of the next token, by transformers' own forward pass; with a picture, if there is one."""
    image = model.config.image_token_id
    ids = []
    for token in tokenizer(text, add_special_tokens=False)["input_ids"]:
        ids.extend([token] * (int(grid.prod()) // 4 if token == image else 1))
    ids = torch.tensor([ids])
    logits = model(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        pixel_values=pixels,
        image_grid_thw=grid,
        mm_token_type_ids=(ids == image).int(),
    ).logits
    return ids.shape[1], logits[0, -1].tolist()


def main(inputs, base, out):
    prompt = json.loads((inputs / "prompt.json").read_text())
    drawn = Image.open(inputs / "picture.png").convert("RGB")
    for name, (config_class, model_class) in MODELS.items():
        torch.manual_seed(0)
        folder = out / name.replace("_", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tokenizer = write_tokenizer(folder, base)
        start, end, image, video = tokenizer.convert_tokens_to_ids(VISION_TOKENS)
        config = config_class(
            text_config=text_config(name, len(tokenizer)), vision_config=VISION[name], image_token_id=image,
            video_token_id=video, vision_start_token_id=start, vision_end_token_id=end, tie_word_embeddings=False,
        )
        config._attn_implementation = "eager"
        model = model_class._from_config(config, attn_implementation="eager").eval()
        for weight in model.parameters():
            # The usual 0.02 would make all answers alike.
            weight.data = torch.randn_like(weight) * (0.3 if weight.ndim > 1 else 1.0)
        processor = Qwen2VLImageProcessorPil(**PROCESSORS.get(name, {}))
        processor.save_pretrained(folder)
        config.save_pretrained(folder)
        # A margin up to whole tokens, so that the processor does not resize.
        token = processor.patch_size * processor.merge_size
        picture = Image.new("RGB", [math.ceil(side / token) * token for side in drawn.size], BACKGROUND)
        picture.paste(drawn, (0, 0))
        seen = processor(picture, return_tensors="pt")
        pixels, grid = seen["pixel_values"], seen["image_grid_thw"]
        with torch.no_grad():
            export_model(model, folder / "onnx", pixels, grid)
            chat = tokenizer.apply_chat_template(
                [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt["question"]}]}],
                tokenize=False, add_generation_prompt=True, enable_thinking=False,
            ) + prompt["lead"].lstrip()
            plain = "<|vision_start|><|image_pad|><|vision_end|>" + prompt["question"] + prompt["lead"]
            answers = {}
            for way, (text, *seen) in {
                "chat": (chat, pixels, grid),
                "plain": (plain, pixels, grid),
                "text": (prompt["question"] + prompt["lead"],),
            }.items():
                tokens, logits = answer(model, tokenizer, text, *seen)
                answers[way] = {"text": text, "tokens": tokens, "logits": [round(value, 5) for value in logits]}
            other = answer(model, tokenizer, chat, pixels * 0, grid)[1]
        shutil.copy(inputs / "picture.png", folder / "picture.png")
        golden = {**prompt, "grid": grid[0].tolist(), "pixels": [float(pixels.sum()), *pixels[5, :4].tolist()], **answers}
        (folder / "golden.json").write_text(json.dumps(golden) + "\n")
        print(name, grid.tolist(), tuple(pixels.shape), "a blank picture changes logits by up to",
              float(np.abs(np.array(other) - np.array(answers["chat"]["logits"])).max()))


if __name__ == "__main__":
    main(*(pathlib.Path(path) for path in sys.argv[1:4]))
