using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations.Postgres
{
    /// <inheritdoc />
    internal partial class HashedMessageIds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_messages_hash",
                table: "fd_messages");

            migrationBuilder.CreateIndex(
                name: "IX_fd_messages_hash",
                table: "fd_messages",
                column: "hash")
                .Annotation("Npgsql:IndexMethod", "hash");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_fd_messages_hash",
                table: "fd_messages");

            migrationBuilder.CreateIndex(
                name: "IX_fd_messages_hash",
                table: "fd_messages",
                column: "hash");
        }
    }
}
