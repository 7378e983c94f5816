#include "pictures/framing.hpp"

#include <cstring>
#include <stdexcept>

namespace twinscore {

Picture framed(const PictureView& picture, const Rectangle& part, const SquareFrame& frame,
               std::uint8_t fill) {
    if (part.left > part.right || part.top > part.bottom || part.right > picture.width ||
        part.bottom > picture.height || frame.left > frame.side || frame.top > frame.side ||
        part.right - part.left > frame.side - frame.left ||
        part.bottom - part.top > frame.side - frame.top) {
        throw std::invalid_argument("expected a part within the picture and the square");
    }
    Picture square{{}, frame.side, frame.side};
    square.bytes.resize(frame.side * frame.side * pixel_bytes);
    std::uint8_t* place = square.bytes.data();
    // In one go over the memory: grey up to each row of the part, then the row.
    const auto fill_up_to = [&](const std::uint8_t* end) {
        std::memset(place, fill, static_cast<std::size_t>(end - place));
    };
    const std::size_t row_bytes = (part.right - part.left) * pixel_bytes;
    for (std::size_t y = part.top; y < part.bottom; ++y) {
        std::uint8_t* row = square.row(frame.top + y - part.top) + frame.left * pixel_bytes;
        fill_up_to(row);
        std::memcpy(row, picture.row(y) + part.left * pixel_bytes, row_bytes);
        place = row + row_bytes;
    }
    fill_up_to(square.bytes.data() + square.bytes.size());
    return square;
}

}  // namespace twinscore
