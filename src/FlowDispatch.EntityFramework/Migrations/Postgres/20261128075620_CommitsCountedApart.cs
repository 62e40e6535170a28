using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class CommitsCountedApart : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_slices_token",
                table: "fd_slices");

            migrationBuilder.CreateTable(
                name: "fd_commits",
                columns: table => new
                {
                    token = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    sent = table.Column<int>(type: "integer", nullable: false),
                    delivered = table.Column<int>(type: "integer", nullable: false),
                    read = table.Column<int>(type: "integer", nullable: false),
                    replied = table.Column<int>(type: "integer", nullable: false),
                    completed = table.Column<int>(type: "integer", nullable: false),
                    failed = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<int>(type: "integer", nullable: false),
                    cancelled = table.Column<int>(type: "integer", nullable: false),
                    pending = table.Column<int>(type: "integer", nullable: false),
                    in_doubt = table.Column<int>(type: "integer", nullable: false),
                    open = table.Column<int>(type: "integer", nullable: false),
                    codes = table.Column<string[]>(type: "text[]", nullable: false),
                    counts = table.Column<int[]>(type: "integer[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_fd_commits", x => new { x.token, x.number });
                });

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_token_key",
                table: "fd_slices",
                columns: new[] { "token", "key" },
                filter: "token IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fd_commits");

            migrationBuilder.DropIndex(
                name: "IX_fd_slices_token_key",
                table: "fd_slices");

            migrationBuilder.CreateIndex(
                name: "IX_fd_slices_token",
                table: "fd_slices",
                column: "token",
                filter: "token IS NOT NULL");
        }
    }
}
