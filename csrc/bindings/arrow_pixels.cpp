#include "arrow_pixels.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include "pictures/picture.hpp"

namespace twinscore::bindings {
namespace {

namespace py = pybind11;

// Both structs are laid down by the interface, names and order included.
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    std::int64_t flags;
    std::int64_t n_children;
    ArrowSchema** children;
    ArrowSchema* dictionary;
    void (*release)(ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    std::int64_t length;
    std::int64_t null_count;
    std::int64_t offset;
    std::int64_t n_buffers;
    std::int64_t n_children;
    const void** buffers;
    ArrowArray** children;
    ArrowArray* dictionary;
    void (*release)(ArrowArray*);
    void* private_data;
};

constexpr const char* schema_capsule = "arrow_schema";
constexpr const char* array_capsule = "arrow_array";
constexpr const char* quadruples = "+w:4";
constexpr const char* bytes_format = "C";
static_assert(pixel_bytes == 4);

template <class Struct>
void let_go(Struct& held) {
    if (held.release != nullptr) {
        held.release(&held);
    }
}

// What an exported struct owns goes when it is let go of.
template <class Owned, class Struct>
void release(Struct* held) {
    const std::unique_ptr<Owned> owned(static_cast<Owned*>(held->private_data));
    held->release = nullptr;
}

struct QuadrupleType {
    ArrowSchema byte{};
    std::array<ArrowSchema*, 1> children{&byte};
};

struct ByteValues {
    explicit ByteValues(const py::array_t<std::uint8_t>& bytes)
        : kept(bytes), buffers{nullptr, bytes.data()} {}

    py::object kept;
    std::array<const void*, 2> buffers;
};

struct QuadrupleValues {
    explicit QuadrupleValues(const ArrowArray& values) : bytes(values) {}
    QuadrupleValues(const QuadrupleValues&) = delete;
    QuadrupleValues& operator=(const QuadrupleValues&) = delete;
    ~QuadrupleValues() { let_go(bytes); }

    ArrowArray bytes;
    std::array<ArrowArray*, 1> children{&bytes};
    std::array<const void*, 1> buffers{nullptr};
};

template <class Struct>
py::capsule in_capsule(const Struct& exported, const char* name) {
    auto held = std::make_unique<Struct>(exported);
    PyObject* capsule = PyCapsule_New(held.get(), name, [](PyObject* object) {
        const std::unique_ptr<Struct> last(
            static_cast<Struct*>(PyCapsule_GetPointer(object, PyCapsule_GetName(object))));
        let_go(*last);
    });
    if (capsule == nullptr) {
        let_go(*held);
        throw py::error_already_set();
    }
    held.release();
    return py::reinterpret_steal<py::capsule>(capsule);
}

ArrowSchema quadruple_type() {
    auto type = std::make_unique<QuadrupleType>();
    type->byte.format = bytes_format;
    type->byte.name = "";
    type->byte.release = [](ArrowSchema* held) { held->release = nullptr; };
    ArrowSchema schema{};
    schema.format = quadruples;
    schema.name = "";
    schema.n_children = 1;
    schema.children = type->children.data();
    schema.release = &release<QuadrupleType, ArrowSchema>;
    schema.private_data = type.release();
    return schema;
}

ArrowArray byte_values(const py::array_t<std::uint8_t>& bytes) {
    auto values = std::make_unique<ByteValues>(bytes);
    ArrowArray array{};
    array.length = bytes.size();
    array.n_buffers = 2;
    array.buffers = values->buffers.data();
    array.release = [](ArrowArray* held) {
        // Whoever lets go may do so from a thread that Python does not hold.
        const py::gil_scoped_acquire acquire;
        release<ByteValues>(held);
    };
    array.private_data = values.release();
    return array;
}

ArrowArray quadruple_values(const py::array_t<std::uint8_t>& bytes) {
    auto values = std::make_unique<QuadrupleValues>(byte_values(bytes));
    ArrowArray array{};
    array.length = bytes.size() / static_cast<std::int64_t>(pixel_bytes);
    array.n_buffers = 1;
    array.n_children = 1;
    array.buffers = values->buffers.data();
    array.children = values->children.data();
    array.release = &release<QuadrupleValues, ArrowArray>;
    array.private_data = values.release();
    return array;
}

}  // namespace

py::array_t<std::uint8_t> bytes_of_arrow(const py::capsule& array) {
    if (PyCapsule_IsValid(array.ptr(), array_capsule) == 0) {
        throw std::invalid_argument("expected a capsule of an Arrow array");
    }
    const auto* pixels =
        static_cast<const ArrowArray*>(PyCapsule_GetPointer(array.ptr(), array_capsule));
    if (pixels->release == nullptr || pixels->n_children != 1 || pixels->offset != 0 ||
        pixels->children[0]->n_buffers != 2 || pixels->children[0]->offset != 0 ||
        pixels->children[0]->length != pixels->length * static_cast<std::int64_t>(pixel_bytes)) {
        throw std::invalid_argument("expected an array of four bytes for every pixel");
    }
    const ArrowArray& bytes = *pixels->children[0];
    py::array_t<std::uint8_t> result({bytes.length},
                                     static_cast<const std::uint8_t*>(bytes.buffers[1]), array);
    result.attr("setflags")(py::arg("write") = false);
    return result;
}

py::tuple arrow_of_bytes(const py::array_t<std::uint8_t>& bytes) {
    if (bytes.ndim() != 1 || bytes.size() % static_cast<py::ssize_t>(pixel_bytes) != 0 ||
        (bytes.size() > 1 && bytes.strides(0) != 1)) {
        throw std::invalid_argument("expected four bytes of every pixel, side by side");
    }
    return py::make_tuple(in_capsule(quadruple_type(), schema_capsule),
                          in_capsule(quadruple_values(bytes), array_capsule));
}

}  // namespace twinscore::bindings
