//! Codes of opt-in pages, read by a reader that is not ours.

use engine::optin::Code;
use image::imageops::{self, FilterType};
use std::path::Path;
use tokio::process::Command;

/// What zbar reads in a picture; none where zbar is not installed.
async fn read(picture: &Path) -> Option<Vec<String>> {
    let read = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(picture).output().await.ok()?;
    Some(String::from_utf8_lossy(&read.stdout).lines().map(str::to_owned).collect())
}

/// A code printed at 300 dpi is read when it is photographed from afar and out of focus:
/// at a quarter of its size, and blurred.
#[tokio::test]
async fn a_printed_code_is_read_from_afar_and_out_of_focus() {
    let dir = std::env::temp_dir().join(format!("hark-codes-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let links = [
        "https://text.a-rather-long-name-of-a-shop.example/o/0123456789abcdef0123?p=89abcdef",
        "http://127.0.0.1:8080/o/0123456789abcdef0123",
        "sms:+12025550100?&body=JOIN",
        "sms:55555?&body=%C3%89T%C3%89",
    ];
    for (number, link) in links.into_iter().enumerate() {
        let png = Code::of(link).unwrap().png().unwrap();
        let printed = image::load_from_memory(&png).unwrap().to_luma8();
        assert!(printed.width() >= 1_181, "10 cm at 300 dpi: {}", printed.width());
        let (width, height) = (printed.width() / 4, printed.height() / 4);
        let far = imageops::blur(&imageops::resize(&printed, width, height, FilterType::Triangle), 1.5);
        for (name, picture) in [("sharp", &printed), ("far", &far)] {
            let path = dir.join(format!("{number}-{name}.png"));
            picture.save(&path).unwrap();
            match read(&path).await {
                Some(found) => assert_eq!(found, [link], "{name}"),
                None => {
                    eprintln!("SKIPPED: zbarimg is not here to read codes; install zbar-tools");
                    std::fs::remove_dir_all(&dir).unwrap();
                    return;
                }
            }
        }
        // What is too far gone is not read, so that the reader is seen to read.
        let path = dir.join(format!("{number}-lost.png"));
        imageops::blur(&far, 12.0).save(&path).unwrap();
        assert_eq!(read(&path).await, Some(Vec::new()));
    }
    std::fs::remove_dir_all(&dir).unwrap();
}
